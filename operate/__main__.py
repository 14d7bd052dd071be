"""The program: `python -m operate COMMAND`; the script `truename` at the root calls this."""

from operate.commands import root

if __name__ == "__main__":
    root().main()
