"""``make reference``: write every generated file of documentation, and print those that changed."""

from __future__ import annotations

from ml.reference.files import write
from ml.terminal import console

if __name__ == "__main__":
    for path in write():
        console.print(path, markup=False, highlight=False, soft_wrap=True)
