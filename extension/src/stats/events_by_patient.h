/*
 * events_by_patient.h
 *		Events in the order of their patients. Plain C.
 */
#ifndef MO_STATS_EVENTS_BY_PATIENT_H
#define MO_STATS_EVENTS_BY_PATIENT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sorts n events, of patients[i] (0 to 2^31 - 1) on days[i] (any numbers), by patient and then by day, in time linear in n. items and scratch
 * have room for n each.
 */
extern void mo_events_by_patient(int32_t *patients, int32_t *days, size_t n, uint64_t *items, uint64_t *scratch);

#endif							/* MO_STATS_EVENTS_BY_PATIENT_H */
