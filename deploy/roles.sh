#!/bin/sh
# Run once by the image of PostgreSQL: the two roles of docs/operations.md, and the owner's database.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres \
  --set=owner="$OWNER_PASSWORD" --set=application="$APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE paragraph20_owner LOGIN PASSWORD :'owner';
CREATE ROLE paragraph20 LOGIN PASSWORD :'application';
CREATE DATABASE paragraph20 OWNER paragraph20_owner;
SQL
