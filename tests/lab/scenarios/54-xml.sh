# shellcheck shell=bash
# gpu-handoff xml on this host: libvirt takes what it prints, and a domain that it tuned starts with the card and stops.
addresses() { virsh dumpxml --inactive "$1" | grep -A 8 '<hostdev' | grep -o "<address type='pci'.*function='0x.'"; }
hostdevs() { # NAME: which functions of the host it has
	virsh dumpxml --inactive "$1" | grep -A 5 '<hostdev' |
		sed -nE "s/.*<address domain='0x(.*)' bus='0x(.*)' slot='0x(.*)' function='0x(.)'.*/\1:\2:\3.\4/p" | xargs
}

say 'a new domain'
gpu-handoff xml --gpu 01:00.0 --name new --memory 64M --vcpus 2 >"$RUN/new.xml"
# Without KVM libvirt has no domains of type kvm, and without firmware in the image it starts none of these.
sed -i 's/^<domain type="kvm"/<domain type="qemu"/' "$RUN/new.xml"
virsh define --validate "$RUN/new.xml"
[[ $(hostdevs new) == "${A[*]}" ]] || fail "'$(hostdevs new)' are not the functions of the card"
[[ $(addresses new | sed 's/ function=.*//' | sort -u | wc -l) == 1 ]] || fail 'the functions are apart in the guest'
[[ $(virsh vcpupin new | awk '$1 == 0 { print $2 }') != 0* ]] || fail 'CPU 0 is the VM'\''s'
virsh undefine new --nvram

say 'one that is there, without a card'
define tuned
virsh dumpxml tuned | gpu-handoff xml --gpu 01:00.0 --tune - | virsh define --validate /dev/stdin
[[ $(hostdevs tuned) == "${A[*]}" ]] || fail "'$(hostdevs tuned)' are not the functions of the card"
start tuned
expect_driver vfio-pci "${A[@]}"
virsh vcpupin tuned
[[ $(virsh vcpupin tuned | awk '$1 == 0 { print $2 }') == "$(virsh dumpxml tuned | sed -n "s/.*<vcpupin vcpu='0' cpuset='\(.*\)'.*/\1/p")" ]] ||
	fail 'the vCPU runs elsewhere'
stop tuned
expect_home 0000:01:00

say 'once more: as it should be already'
virsh dumpxml --inactive tuned >"$RUN/before.xml"
gpu-handoff xml --tune "$RUN/before.xml" >"$RUN/after.xml"
cmp "$RUN/before.xml" "$RUN/after.xml" || fail 'what was tuned is changed again'

say 'one with another card, whose functions libvirt had put apart'
define cards "${B[@]}"
virsh dumpxml cards | gpu-handoff xml --tune - | virsh define --validate /dev/stdin
[[ $(hostdevs cards) == "${B[*]}" ]] || fail "'$(hostdevs cards)' are not the functions of the card"
[[ $(addresses cards | sed 's/ function=.*//' | sort -u | wc -l) == 1 ]] || fail 'the functions are apart in the guest'
node=$(<"$SYS/$B0/numa_node")
[[ $(virsh numatune cards | awk '/numa_nodeset/ { print $3 }') == "$node" ]] || fail "the memory is not on node $node"
start cards
expect_driver vfio-pci "${B[@]}"
stop cards
expect_home 0000:41:00
