// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An ACPI table with a battery that is full and never used (ACPI Specification 6.5, 10.2). Windows' drivers of laptop
 * cards look for one: in a machine without, they stop with code 43. QEMU takes it by -acpitable.
 */
DefinitionBlock ("", "SSDT", 1, "GPUHND", "BATTERY", 1)
{
    External (\_SB.PCI0, DeviceObj)

    Scope (\_SB.PCI0)
    {
        Device (BAT0)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Name (_UID, 0)

            Method (_STA)
            {
                // present, enabled, shown, working; with a battery in it
                Return (0x1F)
            }

            Method (_BIF)
            {
                // in mWh and mV: design and full capacity, rechargeable, voltage, warning, low, granularities, names
                Return (Package () {
                    1, 4000, 4000, 1, 12000, 300, 200, 10, 10, "virtual", "0", "LION", "gpu-handoff"
                })
            }

            Method (_BST)
            {
                // neither charged nor used; rate, what is left, voltage
                Return (Package () { 0, 0, 4000, 12000 })
            }
        }
    }
}
