# shellcheck shell=bash
# The driver refuses the card when it is given back: that is reported, the rest goes home, recover does the rest later.
define gpuvm "${A[@]}"
start gpuvm
journal_now
echo 1000 >/sys/bus/pci/drivers/nvidia/probe_fail
stop gpuvm
echo 0 >/sys/bus/pci/drivers/nvidia/probe_fail
expect_driver none "$A0"
expect_driver snd_hda_intel "$A1"
expect_driver xhci_hcd "$A2"
say 'the report'
journal_since -p warning -o cat | grep -F "cannot bind '$A0' to 'nvidia': Input/output error" ||
	fail "no warning or error says what the driver of $A0 said"
[[ -s $STATE/$(uuid_of gpuvm).journal ]] || fail 'the journal is gone, nothing could recover'
gpu-handoff recover
expect_home 0000:01:00
