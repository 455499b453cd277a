# The whole service in one container, beside a container of the store (compose.yaml). docs/deploying.md
FROM python:3.11-slim-bookworm
WORKDIR /app
COPY requirements.txt ./
# Only wheels, with the hashes of the list: no compiler is needed, and none is in the image.
RUN python -m venv --without-pip .venv \
    && python -m pip --python .venv/bin/python install --quiet --no-cache-dir --disable-pip-version-check \
        --require-hashes --no-deps --only-binary :all: --no-compile -r requirements.txt
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY . .
# At run time nothing can be written, so everything is compiled here.
RUN python -m compileall -q -j 0 -x '(geo|carrier|short|tz)data/|/tests/' . \
    && ln -s ../../launch/hookline .venv/bin/hookline
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:%s/healthz' % os.environ.get('PORT', 8000), timeout=4)"]
CMD ["python", "-m", "launch", "start"]
