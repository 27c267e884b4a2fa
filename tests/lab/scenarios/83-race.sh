# shellcheck shell=bash
# limit 150
# Somebody opens the card between the last look and the unbind: one who goes soon costs time only; one who stays has
# the card poisoned within seconds of the driver's first word, and it comes back once the driver returns.
xml gpuvm "${B[@]}" extra="$(policy refuse 0)"
for gen in 535 595; do
	nvidia_gen "$gen"
	say "$gen: he goes"
	fault "$B0" race_open 700
	hook gpuvm prepare
	expect_accepted
	expect_driver vfio-pci "${B[@]}"
	hook gpuvm release
	expect_home 0000:41:00

	say "$gen: he stays"
	fault "$B0" race_open 100000
	timed hook gpuvm prepare
	echo "after $took ms"
	expect_refused "cannot unbind '$B0' from 'nvidia': its driver has not returned from it" \
		'poisoned until its driver returns or the host reboots; everything else was put back'
	((took < 8000)) || fail "refused after $took ms"
	expect_driver snd_hda_intel "$B1"
	expect_driver xhci_hcd "$B2"
	timed hook gpuvm prepare
	expect_refused "'$B0' is poisoned"
	((took < 2000)) || fail "refused again after $took ms"
	echo 1 >"$FAKE/$B0/force_release"
	wait_for 10 not pgrep -x handoff-writer || fail 'the writer is still there'
	gpu-handoff recover
	expect_home 0000:41:00
	expect_no_state
done
