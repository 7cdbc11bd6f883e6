"""The list of mutants is of the code as it stands: `make mutants` takes long, and would find a stale entry late."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True
from mutant_list import MUTANTS  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


class MutantList(unittest.TestCase):
    def test_finds_each_text_once(self):
        for name, file, old, new in MUTANTS:
            with self.subTest(name):
                self.assertEqual((ROOT / file).read_text(encoding="utf-8").count(old), 1, file)
                self.assertNotEqual(old, new)


if __name__ == "__main__":
    unittest.main()
