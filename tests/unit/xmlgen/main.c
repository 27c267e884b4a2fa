// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/xmlgen/xmlgen.h"

int main(void)
{
	return suite_run("xmlgen", (TCase *[]){ case_input(), case_edit(), case_tune(), case_tune_read(), NULL });
}
