# shellcheck shell=bash
# Only prepare and release are ours. All others exit 0 in silence, whatever is on stdin; so does a release of nothing.
xml gpuvm "${A[@]}"
for op in start started stopped release reconnect restore migrate attach no-such-operation ''; do
	hook gpuvm "$op"
	expect_accepted
	[[ $op == release ]] && continue
	hook gpuvm "$op" /dev/null
	expect_accepted
done
expect_baseline
say 'stopped is not release: libvirt resets the device after it'
hook gpuvm prepare
expect_accepted
hook gpuvm stopped
expect_driver vfio-pci "${A[@]}"
hook gpuvm release
expect_home 0000:01:00
