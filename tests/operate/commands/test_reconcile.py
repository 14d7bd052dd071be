"""The command `reconcile`."""


def test_an_unreachable_directory_is_said(operator):
    """Without a directory nothing can be compared: 69."""
    said = operator("reconcile", lang="zh")

    assert said.exit_code == 69
    assert "目录服务没有应答" in said.err
