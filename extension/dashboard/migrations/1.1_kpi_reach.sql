-- From 1.0: what follows the clock is counted again from the last refresh on (40_refresh/20_refresh_pending.sql).
comment on column mo_data.kpi.follows_clock is 'Its figure changes as time passes, without a new load (an open alert falls due): the months that had ended at the last refresh, look_back_months + 1 of them, and those since are always refreshed.';
