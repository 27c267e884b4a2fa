# shellcheck shell=bash
# boot grub
# By hand
say "phase $PHASE"
cat /proc/cmdline
groups() { find /sys/kernel/iommu_groups -mindepth 1 -maxdepth 1 | wc -l; }
case $PHASE in
1)
	(($(groups) == 0)) || fail 'there are groups'
	echo 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT intel_iommu=on"' >/etc/default/grub.d/x.cfg
	time update-grub
	cat /boot/grub/grub.cfg | grep linux
	reboot_into 2
	;;
2)
	(($(groups) > 0)) || fail 'there are none'
	rm /etc/default/grub.d/x.cfg
	update-grub
	reboot_into 3
	;;
3) (($(groups) == 0)) || fail 'there are groups' ;;
esac
