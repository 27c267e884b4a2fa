/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole operating system of the scenarios' guests: one boot sector that sleeps until the ACPI power button is
 * pressed (virsh shutdown) and then powers off. A Linux would boot for minutes, emulated twice.
 * Q35's firmware puts the ACPI registers of the ICH9 at 0x600: PM1 status, enable, control at +0, +2, +4.
 */
	.code16
	.globl _start
_start:
	cli
	movw $0x602, %dx		/* PM1_EN: power button */
	movw $0x0100, %ax
	outw %ax, %dx
	sti
wait:
	hlt				/* the BIOS timer wakes us 18 times a second */
	movw $0x600, %dx		/* PM1_STS */
	inw %dx, %ax
	testw $0x0100, %ax
	jz wait
	movw $0x604, %dx		/* PM1_CNT: SLP_EN, type S5 */
	movw $0x2000, %ax
	outw %ax, %dx
	jmp wait

	.org 510
	.word 0xaa55
