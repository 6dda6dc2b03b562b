"""Before the computer sees the board: a second serial port for data, where the chip can have one (S2, S3).

These chips have four endpoints towards the computer. A serial port takes two, the drive one, a keyboard one: with two
serial ports nothing else fits, and with anything more CircuitPython starts in safe mode and runs no code at all.
"""

try:
    import storage
    import usb_cdc
    import usb_hid

    try:
        import usb_midi

        usb_midi.disable()
    except ImportError:
        pass
    usb_hid.disable()
    storage.disable_usb_drive()
    usb_cdc.enable(console=True, data=True)
except (ImportError, AttributeError):
    pass  # C3, C5, C6: the console is the only port, and the link's lines are printable for that reason
