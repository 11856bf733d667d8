#!/bin/sh
# Finds Python @PYTHON@ and lets it install what lies beside this file, without network.
here=$(cd "$(dirname "$0")" && pwd)
for python in python@PYTHON@ python3 python; do
    if "$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")' 2>/dev/null; then
        exec "$python" "$here/install.py" "$@"
    fi
done
echo "没有找到 Python @PYTHON@，请先安装（见 README.txt）。" >&2
echo "Python @PYTHON@ was not found: install it first (README.txt says how)." >&2
exit 2
