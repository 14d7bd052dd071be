"""What a telephone scans."""


def data_uri(text: str) -> str:
    """Return a QR code (ISO/IEC 18004, error correction M) as a data: URI of an SVG picture."""
    import segno  # sixty milliseconds of every start, for a page that few open

    return segno.make(text, error="m").svg_data_uri(scale=5, border=2)
