"""What a telephone scans."""

from portal.qr_code import data_uri


def test_it_is_a_picture_that_a_page_can_carry():
    """Without a file, and without anything of the text readable in it."""
    made = data_uri("otpauth://totp/Truename:li?secret=JBSWY3DPEHPK3PXP&issuer=Truename")
    assert made.startswith("data:image/svg+xml")
    assert "JBSWY" not in made
    assert len(made) < 20_000
