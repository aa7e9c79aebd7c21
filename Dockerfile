# docker build -t jsonapi-course . && docker run -p 5000:5000 -v jsonapi-course:/data --shm-size 64m jsonapi-course
FROM python:3.11-slim
WORKDIR /app
ENV HOST=0.0.0.0 PORT=5000 JSONAPI_COURSE_INSTANCE_PATH=/data MALLOC_ARENA_MAX=2 PYTHONUNBUFFERED=1
COPY setup.cfg pyproject.toml README.md ./
COPY docs docs
COPY jsonapi_course jsonapi_course
RUN pip install --no-cache-dir -e .
COPY wsgi.py gunicorn.conf.py gunicorn_worker.py ./
RUN useradd --system --uid 10001 sandbox && install -d -o sandbox -m 700 /data
USER sandbox
VOLUME /data
EXPOSE 5000
HEALTHCHECK CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=3)"]
CMD ["gunicorn", "wsgi:app"]
