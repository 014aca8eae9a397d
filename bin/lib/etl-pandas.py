"""The way that the loader replaces: pandas reads a file and writes it with to_sql, all by default.

Usage: etl-pandas.py FILE ROWS, with DATABASE_URL. Prints the processor seconds of reading and writing;
those of its imports are left out. For `bin/bench etl`.
"""

import csv
import os
import sys
import time

import pandas
import sqlalchemy

file, rows = sys.argv[1], int(sys.argv[2])
address = os.environ["DATABASE_URL"].replace("mysql://", "mysql+pymysql://", 1) + "?charset=utf8mb4"
engine = sqlalchemy.create_engine(address)
began = time.process_time()
# Bad lines would stop it: they are passed over, which the loader may not do. With quotes as they come it
# would take the lines behind a street that begins with one into its name.
frame = pandas.read_csv(
    file,
    sep="|",
    nrows=rows,
    low_memory=False,
    quoting=csv.QUOTE_NONE,
    on_bad_lines="skip",
    encoding_errors="replace",
)
frame.to_sql("pandas", engine, if_exists="replace", index=False)
print(f"{time.process_time() - began:.2f}")
