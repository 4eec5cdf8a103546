# One image for every part of the service: web, scorer, courier, beat.
#   docker build -t moderation .
#   docker run --rm -p 8080:8080 -v moderation:/data moderation up --host 0.0.0.0

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/moderation
ENV PATH=/opt/moderation/bin:$PATH
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY moderation moderation
COPY workers workers
RUN pip install '.[worker,postgres]' && python -m compileall -q /opt/moderation/lib

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="moderation" \
      org.opencontainers.image.description="Self-hosted comment moderation" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin moderation \
    && install -d -o moderation -g moderation /data
COPY --from=build /opt/moderation /opt/moderation
ENV PATH=/opt/moderation/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MODERATION_DATA=/data
USER moderation
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, ssl, urllib.request as u; s = 's' * ('MODERATION_TLS_CERT' in os.environ); u.urlopen(f'http{s}://127.0.0.1:8080/livez', timeout=2, context=ssl._create_unverified_context())"]
ENTRYPOINT ["moderation"]
CMD ["serve", "--host", "0.0.0.0"]
