"""Makes the Python environment in which the test `events` reads event files back.

usage: install.py FOLDER

Ends with 77, which ctest shows as skipped, where it cannot be made: without a network, or without Python's venv. What is
there and complete is used again.
"""

import pathlib
import subprocess
import sys
import venv

SKIPPED = 77
REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")


def main():
    folder = pathlib.Path(sys.argv[1])
    stamp = folder / "requirements.txt"  # written last
    if stamp.exists() and stamp.read_bytes() == REQUIREMENTS.read_bytes():
        return 0
    try:
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([folder / "bin/python", "-I", "-m", "pip", "--disable-pip-version-check", "install", "--quiet",
                        "--only-binary=:all:", "-r", REQUIREMENTS], check=True, timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"SKIPPED: tensorboard cannot be installed, so event files are not read back by it: {error}", flush=True)
        return SKIPPED
    stamp.write_bytes(REQUIREMENTS.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
