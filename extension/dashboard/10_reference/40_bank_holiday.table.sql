-- Bank holidays, for working-day windows.
create table mo_data.bank_holiday (
    division text not null default 'england-and-wales',
    day date not null,
    title text not null,
    batch_id integer,
    primary key (division, day)
);
comment on table mo_data.bank_holiday is 'Bank holidays by division of the United Kingdom, as gov.uk publishes them.';
comment on column mo_data.bank_holiday.division is 'england-and-wales, scotland or northern-ireland.';
comment on column mo_data.bank_holiday.day is 'The day.';
comment on column mo_data.bank_holiday.title is 'Name of the holiday.';
comment on column mo_data.bank_holiday.batch_id is 'The load that last wrote the row. Null: shipped with the layer.';
