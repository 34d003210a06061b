import subprocess
import sys
from pathlib import Path


def test_a_store_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nowhere.sqlite'}"
    command = [sys.executable, "-m", "annotate_app", "--database", url, "--port", "0"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("annotate_app: there is no store at")
    assert "Traceback" not in done.stderr
