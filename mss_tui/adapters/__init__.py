"""One technology a file: each module here implements a port and turns foreign errors into `mss_tui.errors`."""
