"""What a serving bot does not need is not in its memory."""

import subprocess
import sys

from core.settings import ROOT

SERVING = "import bot, " + ", ".join(f"cogs.{path.name}" for path in sorted((ROOT / "cogs").iterdir()) if (path / "__init__.py").exists())
IDLE = {"aerich", "asyncclick", "babel", "emoji", "psutil", "core.embedded", "core.upgrade", "sandbox"}


def test_libraries_for_rare_things_are_imported_when_they_are_used() -> None:
    program = f"import sys; {SERVING}; print(*{IDLE!r} & sys.modules.keys())"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
