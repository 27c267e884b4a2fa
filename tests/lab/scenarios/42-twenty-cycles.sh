# shellcheck shell=bash
# limit 900
# Twenty starts and stops in a row: the last leaves what the first found, and nothing piles up. The domain names .0
# alone, so all four functions move, and QEMU under the emulator has to map only one of them.
define gpuvm "$B0"
for i in {1..20}; do
	start gpuvm >/dev/null
	expect_driver vfio-pci "${B[@]}"
	stop gpuvm >/dev/null
	expect_home 0000:41:00
	expect_baseline
	echo "cycle $i, ${SECONDS} s"
done
expect_no_state
