"""What somebody sees who connects LibreOffice: Base's lists and types, every view's rows, and a view brought into a Calc sheet. See lib/Clients.pm.

usage: libreoffice_reader.py OFFICE FOLDER     (the PG* variables say where)
"""
import os
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.sheet.DataImportMode import TABLE
from com.sun.star.sdbc.DataType import DATE, DOUBLE, INTEGER, SMALLINT, TIMESTAMP

office_program, folder = sys.argv[1], os.path.abspath(sys.argv[2])


def value(name, content):
    made = PropertyValue()
    made.Name, made.Value = name, content
    return made


def fact(*fields):
    print(*[str(field).replace("\t", " ").replace("\n", " ") for field in fields], sep="\t")


def start_office():
    """An office without a window, on a pipe of its own."""
    pipe = f"mo_clients_{os.getpid()}"
    process = subprocess.Popen([office_program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore",
                                f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            return process, resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.5)
    process.kill()
    sys.exit("LibreOffice did not answer within two minutes")


def cell(row, n, kind):
    """A cell as COPY has it."""
    if kind in (INTEGER, SMALLINT):
        got = str(row.getInt(n))
    elif kind == DOUBLE:
        got = f"{row.getDouble(n):.17g}"
    elif kind == DATE:
        day = row.getDate(n)
        got = f"{day.Year:04}-{day.Month:02}-{day.Day:02}"
    elif kind == TIMESTAMP:
        at = row.getTimestamp(n)
        got = f"{at.Year:04}-{at.Month:02}-{at.Day:02} {at.Hours:02}:{at.Minutes:02}:{at.Seconds:02}"
    else:
        got = row.getString(n).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return "\\N" if row.wasNull() else got


def read_view(connection, view, width):
    """The first hundred rows: each cell is a call to the office, a thousandth of a second."""
    order = ", ".join(str(n) for n in range(1, width + 1))
    rows = connection.createStatement().executeQuery(f'select * from "mo_dashboard"."{view}" order by {order} limit 100')
    described = rows.getMetaData()
    columns = range(1, described.getColumnCount() + 1)
    kinds = {n: described.getColumnType(n) for n in columns}
    with open(f"{folder}/rows/{view}.tsv", "w", encoding="utf-8") as out:
        print(*[described.getColumnName(n) for n in columns], sep="\t", file=out)
        while rows.next():
            print(*[cell(rows, n, kinds[n]) for n in columns], sep="\t", file=out)


def list_all(connection):
    data = connection.getMetaData()
    views = {}
    rows = data.getTables(None, "%", "%", ("TABLE", "VIEW"))
    while rows.next():
        fact("table", rows.getString(2), rows.getString(3), rows.getString(4), rows.getString(5))
        if rows.getString(2) == "mo_dashboard":
            views[rows.getString(3)] = 0
    for view in views:
        rows = data.getColumns(None, "mo_dashboard", view, "%")
        while rows.next():
            views[view] += 1
            fact("column", view, rows.getString(4), rows.getInt(5), rows.getInt(7), rows.getInt(9), rows.getString(12))
    return views


def into_calc(desktop, context, view):
    """Drag a view from the data sources into a sheet; what the sheet then holds in some cells."""
    source = context.createInstance()
    source.URL = f"sdbc:postgresql:host={os.environ['PGHOST']} port={os.environ['PGPORT']} dbname={os.environ['PGDATABASE']}"
    source.User = os.environ["PGUSER"]
    source.DatabaseDocument.storeAsURL(f"file://{folder}/mo.odb", ())
    context.registerObject("mo", source)
    book = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, (value("Hidden", True),))
    sheet = book.Sheets.getByIndex(0)
    sheet.getCellRangeByName("A1").doImport((value("DatabaseName", "mo"), value("SourceType", TABLE), value("SourceObject", f"mo_dashboard.{view}")))
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    fact("sheet", cursor.RangeAddress.EndRow + 1, cursor.RangeAddress.EndColumn + 1)
    for column in range(cursor.RangeAddress.EndColumn + 1):
        for row in range(1, cursor.RangeAddress.EndRow + 1):
            got = sheet.getCellByPosition(column, row)
            if got.Type.value != "EMPTY":
                fact("cell", sheet.getCellByPosition(column, 0).String, got.Type.value, got.String if got.Type.value == "TEXT" else f"{got.Value:.17g}")
    book.close(True)


process, office = start_office()
try:
    manager = office.ServiceManager
    connection = manager.createInstanceWithContext("com.sun.star.sdbc.DriverManager", office).getConnectionWithInfo(
        f"sdbc:postgresql:host={os.environ['PGHOST']} port={os.environ['PGPORT']} dbname={os.environ['PGDATABASE']}", (value("user", os.environ["PGUSER"]),))
    for name, width in list_all(connection).items():
        read_view(connection, name, width)
    desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
    into_calc(desktop, manager.createInstanceWithContext("com.sun.star.sdb.DatabaseContext", office), "dashboard")
    connection.close()
    try:
        desktop.terminate()
    except Exception:  # the bridge goes away with the office
        pass
    process.wait(60)
finally:
    if process.poll() is None:
        process.kill()
