# shellcheck shell=bash
# What the unit tests' fake kernel believes, asked of this one: the same checks, on a function that nobody uses.
modprobe vfio-pci
"$LIB/ask-kernel" "$B1"
