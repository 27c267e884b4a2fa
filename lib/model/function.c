// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/function.h"

#include <string.h>

bool function_is_bridge(const struct function *function)
{
	return function->class_code >> 16 == 0x06;
}

bool function_is_display(const struct function *function)
{
	return function->class_code >> 16 == 0x03 ||
	       (function->class_code >> 8 == 0x1200 && function->vendor == 0x1002);
}

bool function_is_audio(const struct function *function)
{
	return function->class_code >> 8 == 0x0403;
}

bool function_is_vfio(const struct function *function)
{
	return function->is_variant || strcmp(function->driver, "vfio-pci") == 0;
}
