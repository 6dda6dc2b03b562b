"""Before the computer sees the board: a second serial port for data, where the chip can have one (S2, S3)."""

try:
    import usb_cdc

    usb_cdc.enable(console=True, data=True)
except (ImportError, AttributeError):
    pass  # C3, C5, C6: the console is the only port, and the link's lines are printable for that reason
