# shellcheck shell=bash
# The virtual host is what the other scenarios take it for.
say 'cards, drivers, ids'
functions_table "${A[@]}" "${B[@]}" "${C[@]}"
expect_home 0000:01:00
expect_home 0000:41:00
expect_driver nvidia "$C0"
expect_driver snd_hda_intel "$C1"
expect_driver e1000 "$S"
[[ $(<"$SYS/$A0/vendor") == 0x10de && $(<"$SYS/$A0/class") == 0x030000 ]] || fail "$A0 has no NVIDIA ids"
[[ $(<"$SYS/$A0/boot_vga") == 1 ]] || fail "$A0 is not the boot display"

say 'nodes and groups'
[[ $(<"$SYS/$A0/numa_node") == 0 && $(<"$SYS/$B0/numa_node") == 1 ]] || fail 'the cards are not on their nodes'
lscpu | grep -E 'Socket|NUMA|Thread'
[[ $(lscpu | sed -n 's/^NUMA node(s): *//p') == 2 ]] || fail 'not two nodes'
group() { basename "$(readlink "$SYS/$1/iommu_group")"; }
for address in "${A[@]}"; do [[ $(group "$address") == "$(group "$A0")" ]] || fail "$address is not in the group of $A0"; done
for address in "${B[@]}"; do [[ $(group "$address") == "$(group "$B0")" ]] || fail "$address is not in the group of $B0"; done
[[ $(group "$A0") != "$(group "$B0")" ]] || fail 'A and B share a group'
[[ $(group "$C0") == "$(group "$S")" ]] || fail "the stranger $S is not in the group of $C0"
ls -l "$SYS/$C0/iommu_group/devices/"

say 'AppArmor'
grep -E '^(/usr/sbin/)?libvirtd \(enforce\)' /sys/kernel/security/apparmor/profiles || fail 'libvirtd is not confined'
grep -q '(enforce)' "/proc/$(pidof libvirtd)/attr/current" || fail 'the running libvirtd is not confined'

say 'libvirt'
libvirt_answers
