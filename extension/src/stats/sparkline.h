/*
 * sparkline.h
 *		A row of up to twelve block characters whose heights follow the values. Plain C.
 *
 * The lowest value drawn is the lowest block, the highest the highest; between them are eight bands of equal width. Values
 * that are all the same are drawn at mid-height, for there is no trend to show. A gap is a space.
 */
#ifndef MO_STATS_SPARKLINE_H
#define MO_STATS_SPARKLINE_H

#include <stdbool.h>
#include <stddef.h>

#define MO_SPARKLINE_WIDTH 12
/* A block (U+2581 to U+2588) has three bytes in UTF-8. */
#define MO_SPARKLINE_BYTES (3 * MO_SPARKLINE_WIDTH)

/* The band of a finite value, 0 (lowest) to 7; 3 when low == high. */
extern int	mo_sparkline_level(double value, double low, double high);

/*
 * Draws n <= MO_SPARKLINE_WIDTH values, oldest first, into text, which is not terminated; returns its bytes.
 * 0 when there is nothing but gaps. As blocks in UTF-8, or else as the digits 1 to 8.
 */
extern size_t mo_sparkline_draw(const double *values, const bool *gaps, int n, bool blocks, char *text);

#endif /* MO_STATS_SPARKLINE_H */
