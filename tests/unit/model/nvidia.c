// SPDX-License-Identifier: GPL-2.0-or-later
/* What each generation of the nvidia driver does in remove(), at every boundary. */
#include "model/nvidia.h"

#include "tests/unit/model/model.h"

static const struct {
	struct nvidia_version version;
	enum nvidia_references modeset, untold; /* with modeset, and where that is not told */
	bool loses_puts;
} generations[] = {
	{ { 0, 0, 0 }, NVIDIA_REFERENCES_UNKNOWN, NVIDIA_REFERENCES_UNKNOWN, true },
	{ { 390, 157, 0 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 515, 43, 4 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 570, 133, 20 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 575, 64, 0 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 82, 9 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 94, 0 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 94, 3 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 94, 5 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 94, 6 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, false },
	{ { 580, 94, 18 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, false },
	{ { 580, 95, 0 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 95, 5 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 95, 99 }, NVIDIA_REFERENCES_KEPT, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 96, 0 }, NVIDIA_REFERENCES_UNKNOWN, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 104, 99 }, NVIDIA_REFERENCES_UNKNOWN, NVIDIA_REFERENCES_UNKNOWN, false },
	{ { 580, 105, 0 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, false },
	{ { 580, 105, 8 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, false },
	{ { 580, 159, 4 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, false },
	{ { 590, 44, 1 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, false },
	{ { 594, 999, 99 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, false },
	{ { 595, 0, 0 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, true },
	{ { 595, 45, 4 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, true },
	{ { 610, 57, 0 }, NVIDIA_REFERENCES_DROPPED, NVIDIA_REFERENCES_DROPPED, true },
};

START_TEST(test_generation)
{
	struct nvidia nvidia = { .loaded = true, .version = generations[_i].version, .drm = true };

	ck_assert_int_eq(nvidia_generation_loses_puts(&nvidia), generations[_i].loses_puts);
	ck_assert_int_eq(nvidia_drm_references(&nvidia), generations[_i].untold);
	nvidia.modeset = NVIDIA_YES;
	ck_assert_int_eq(nvidia_drm_references(&nvidia), generations[_i].modeset);
	nvidia.modeset = NVIDIA_NO;
	ck_assert_int_eq(nvidia_drm_references(&nvidia), NVIDIA_REFERENCES_NONE);
	nvidia.modeset = NVIDIA_YES;
	nvidia.drm = false;
	ck_assert_int_eq(nvidia_drm_references(&nvidia), NVIDIA_REFERENCES_NONE);
}
END_TEST

START_TEST(test_names)
{
	for (int a = 0; a < NVIDIA_REFERENCES_; a++) {
		for (int b = 0; b < a; b++)
			ck_assert_str_ne(nvidia_references_name((enum nvidia_references)a),
				nvidia_references_name((enum nvidia_references)b));
	}
}
END_TEST

TCase *case_nvidia(void)
{
	TCase *tcase = suite_case("nvidia");

	add_rows(tcase, test_generation, generations);
	tcase_add_test(tcase, test_names);
	return tcase;
}
