# shellcheck shell=bash
# managed='no', managed absent, and addresses in upper-case hex.
for managed in no absent; do
	say "managed $managed"
	define gpuvm "managed=$managed" "${A[@]}"
	start gpuvm
	expect_driver vfio-pci "${A[@]}"
	stop gpuvm
	expect_home 0000:01:00
	expect_baseline
done
say 'upper-case and plain hex'
xml gpuvm "${B[@]}"
sed -i "s/domain='0x0000' bus='0x41' slot='0x00' function='0x0'/domain='0X0' bus='0X41' slot='0X0' function='0'/" "$RUN/gpuvm.xml"
grep -q "0X41" "$RUN/gpuvm.xml"
hook gpuvm prepare
expect_accepted
expect_driver vfio-pci "${B[@]}"
hook gpuvm release
expect_home 0000:41:00
