# One image for every part: the command says which (`web`, `worker`, `migrate`). Wheels only, no compiler, not root.
FROM python:3.13-slim

RUN useradd --create-home --uid 10001 issue-stream
WORKDIR /app
COPY requirements.lock pyproject.toml LICENSE README.md ./
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY schemas schemas
COPY agents agents
COPY notifiers notifiers
COPY issue_stream issue_stream
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && mkdir -p /var/lib/issue-stream && chown issue-stream /var/lib/issue-stream
USER issue-stream
ENV ISSUE_STREAM_VAR_DIR=/var/lib/issue-stream ISSUE_STREAM_LOG_FORMAT=json
EXPOSE 8000
ENTRYPOINT ["issue-stream"]
CMD ["web", "--host", "0.0.0.0"]
