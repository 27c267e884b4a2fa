# shellcheck shell=bash
# limit 900
# SIGKILL before every single change that the hook makes in release, one run each; recover finishes it.
xml gpuvm "${A[@]}"
kill_everywhere release
