// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "tests/unit/probe/probe.h"

int main(void)
{
	return suite_run("probe",
		(TCase *[]){ case_domain(), case_pinning(), case_traits(), case_demand(), case_inventory(),
			case_critical(), case_daemon(), case_nvidia(), case_node(), case_activity(), case_mapping(),
			case_process(), case_process_live(), case_config(), case_config_device(), case_os(),
			case_seat(), case_vfio_ids(), case_accounts(), case_bar(), case_topology(), case_vm(),
			case_resident(), case_pool(), case_node_cpus(), case_vector(), case_knobs(), case_knobs_units(),
			case_knobs_threads(), case_knobs_power(), case_usb(), case_boot(), case_vanish(),
			case_framebuffer(), case_machine(), case_module(), case_iommu(), case_memory(), NULL });
}
