/*
 * thousands.h
 *		Numbers as people read them.
 */
#ifndef MO_THOUSANDS_H
#define MO_THOUSANDS_H

#include <stdint.h>

/* 1234567 as 1,234,567 in one of several turning buffers. */
extern const char *mo_thousands(int64_t number);
/* Money in 0.00001 pounds as 1,234.57 (nearest penny, halves up). */
extern const char *mo_pounds(int64_t e5);

#endif							/* MO_THOUSANDS_H */
