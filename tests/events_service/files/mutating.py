"""1,000 mutated files in one child with the limits of the product: prints what came of them as JSON.

Nothing of the suite is imported but the child's own module; a crash of a library ends this process and so the test.
"""

import importlib.util
import json
import random
import resource
import sys
from collections import Counter
from pathlib import Path


def mutated(rng, data):
    """A few bytes changed, a piece cut, doubled, moved or taken from elsewhere."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at, length = rng.randrange(len(found)), rng.choice((1, 1, 4, 30, 300))
        piece = bytes(found[at : at + length])
        other = rng.randrange(len(found))
        kind = rng.randrange(5)
        if kind == 0:
            found[at] = rng.randrange(256)
        elif kind == 1:
            del found[at : at + length]
        elif kind == 2:
            found[other:other] = piece
        elif kind == 3:
            found[at : at + length] = rng.randbytes(length)
        else:
            found[other : other + 4] = rng.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"9999"))
    return bytes(found) if found else b"x"


def main(child_file, folder, count):
    spec = importlib.util.spec_from_file_location("child", child_file)
    child = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(child)
    files = sorted(Path(folder).iterdir())
    seeds = [(path.suffix[1:], path.read_bytes()) for path in files]
    resource.setrlimit(resource.RLIMIT_AS, (child.MEMORY, child.MEMORY))
    rng, found, odd = random.Random(5), Counter(), []
    for number in range(count):
        extension, data = seeds[number % len(seeds)]
        answer, blind = child.tried(extension, mutated(rng, data))
        found[extension, answer.get("refused", "taken")] += 1
        if "refused" not in answer and not blind.startswith(child.STARTS[extension]):
            odd.append(number)
    print(json.dumps({"found": [[*key, value] for key, value in found.items()], "odd": odd}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
