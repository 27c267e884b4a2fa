# shellcheck shell=bash
# What the owner of the machine has set comes back as it was set, not as the defaults are: runtime power management,
# d3cold, an override to another driver.
set_all() { # AUTO D3COLD OVERRIDE
	echo "$1" | tee "$SYS/$A0/power/control" "$SYS/$A2/power/control" "$SYS/$A3/power/control" >/dev/null
	echo "$2" | tee "$SYS/$A0/d3cold_allowed" "$SYS/$A2/d3cold_allowed" >/dev/null
	echo "$3" >"$SYS/$A3/driver_override"
}
d3cold=$(<"$SYS/$A0/d3cold_allowed")
set_all auto $((1 - d3cold)) pci-stub
trap 'set_all on "$d3cold" ""' EXIT
settled() {
	snapshot "$RUN/before"
	sleep 1
	snapshot "$RUN/again"
	same "$RUN/before" "$RUN/again" >/dev/null
}
wait_for 20 settled
xml gpuvm "${A[@]}"
hook gpuvm prepare
expect_accepted
expect_driver vfio-pci "${A[@]}"
hook gpuvm release
expect_accepted
as_before() {
	snapshot "$RUN/now"
	same "$RUN/before" "$RUN/now"
}
wait_for 15 as_before >"$RUN/said" || { tail -n 20 "$RUN/said" && fail 'the settings are not as they were'; }
