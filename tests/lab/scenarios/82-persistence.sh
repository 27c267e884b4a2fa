# shellcheck shell=bash
# limit 150
# The driver's persistence mode keeps a card at work without anybody: it is turned off, and on again afterwards, by the
# driver's own tool; when that hangs the start is refused in bounded time.
nvidia_smi
xml gpuvm "${B[@]}" extra="$(policy refuse 0)"

say 'off, and on again'
fault "$B0" persistence 1
has_vectors "$B0" || fail 'persistence does not start the adapter'
hook gpuvm prepare
expect_accepted
expect_driver vfio-pci "${B[@]}"
cat "$RUN/nvidia-smi.log"
grep -qx -- "-i $B0 -pm 0" "$RUN/nvidia-smi.log" || fail 'it was not turned off'
hook gpuvm release
expect_home 0000:41:00
[[ $(fact "$B0" persistence) == 1 ]] || fail 'it is not on again'

say 'the tool hangs'
touch "$RUN/nvidia-smi.hang"
timed hook gpuvm prepare
echo "after $took ms"
expect_refused "'$B0' is at work (1 interrupt vectors), although no process has it open" "'nvidia-smi -i $B0 -pm 0'"
((took < 30000)) || fail "refused after $took ms"
expect_home 0000:41:00
expect_no_state
rm "$RUN/nvidia-smi.hang"

say 'there is no tool'
rm /usr/bin/nvidia-smi
within 3000 hook gpuvm prepare
expect_refused "'$B0' is at work (1 interrupt vectors)"
fault "$B0" persistence 0
