# shellcheck shell=bash
# limit 180
# libvirtd restarts while a VM has CPUs and pages, then QEMU is killed, then both die: the CPUs are the VM's for as long
# as it runs, and the host's again after.
cpu_snapshot "$RUN/cpu.rest"
cpus_define gpuvm '6 7' isolate=yes pages=2048 allocate=yes
isolated() { [[ $(<"$CGROUP"/system.slice/cpuset.cpus.effective) == 0-5 ]]; }
no_journal() { [[ ! -e $STATE/$(uuid_of gpuvm).journal ]]; }
start gpuvm
isolated || fail 'it has no CPUs'
say 'libvirtd restarts'
systemctl restart libvirtd
wait_for 60 libvirt_answers || fail 'libvirtd did not come back'
wait_for 30 running gpuvm || fail 'the domain did not survive the restart'
gpu-handoff recover
isolated || fail 'the CPUs are not its own any more'
say 'QEMU is killed'
kill -KILL "$(qemu_of gpuvm)"
wait_for 60 no_journal || fail 'no release after QEMU was killed'
cpu_as_before "$RUN/cpu.rest"
say 'both die'
start gpuvm
qemu=$(qemu_of gpuvm)
libvirtd_kill
kill -KILL "$qemu"
wait_for 20 not kill -0 "$qemu" 2>/dev/null || fail 'QEMU is still there'
libvirtd_back
wait_for 60 no_journal || fail 'the next daemon did not give the CPUs back'
cpu_as_before "$RUN/cpu.rest"
expect_no_state
