# shellcheck shell=bash
# limit 900
# SIGKILL before every single change that the hook makes in prepare, one run each; recover makes it unhappen.
xml gpuvm "${A[@]}"
kill_everywhere prepare
