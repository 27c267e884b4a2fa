# shellcheck shell=bash
# A stranger endpoint sits in the card's IOMMU group: refused, and the refusal names it.
define gpuvm "$C0" "$C1"
if virsh start gpuvm >"$RUN/said" 2>&1; then fail 'it started'; fi
cat "$RUN/said"
grep -qF "$S" "$RUN/said" || fail "the refusal does not name $S"
hook gpuvm prepare
expect_refused "$S"
expect_driver nvidia "$C0"
expect_driver e1000 "$S"
if gpu-handoff plan "$RUN/gpuvm.xml" >"$RUN/said" 2>&1; then fail 'plan does not refuse'; fi
grep -qF "$S" "$RUN/said" || fail "plan does not name $S"
