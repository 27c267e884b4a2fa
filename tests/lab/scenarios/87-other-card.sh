# shellcheck shell=bash
# Programs that compute on one card, through nodes that all share, notice nothing of the other card's coming and going.
define vm-a "${A[@]}" extra="$(policy refuse 0)"
define vm-b "${B[@]}" extra="$(policy refuse 0)"
declare -A gpu=([vm-a]=$A0 [vm-b]=$B0) other=([vm-a]=$B0 [vm-b]=$A0)
modprobe nvidia-uvm
for turn in '535 vm-a' '595 vm-b'; do
	read -r gen name <<<"$turn"
	say "$gen: $name has its card, somebody computes on the other one"
	nvidia_gen "$gen"
	nvidia_nodes
	users=()
	for what in "open /dev/nvidia$(fact "${other[$name]}" minor)" "uvm ${other[$name]}" "attach ${other[$name]}"; do
		# shellcheck disable=SC2086 # its words
		hold_start $what
		users+=("$holder")
	done
	count=$(fact "${other[$name]}" usage_count)
	((count == 3)) || fail "$count users, expected 3"
	start "$name"
	[[ $(fact "${other[$name]}" usage_count) == "$count" ]] || fail 'a user was lost at the start'
	gpu-handoff status
	stop "$name"
	expect_driver nvidia "${gpu[$name]}"
	[[ $(fact "${other[$name]}" usage_count) == "$count" ]] || fail 'a user was lost at the stop'
	for holder in "${users[@]}"; do
		kill -0 "$holder" || fail 'a user has died'
		hold_end
	done
done
