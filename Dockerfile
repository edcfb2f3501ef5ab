# The app as a hosted copy. README says how to put it behind a proxy, and what its limits are.
FROM python:3.12-slim

# The browser draws the pictures that readers download.
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home basin
WORKDIR /home/basin/basin
COPY pyproject.toml README.md LICENSE ./
COPY basin basin
RUN pip install --no-cache-dir -e ".[app,papers,search]"
COPY app app
COPY sims sims
USER basin

# Kernels are compiled for the processor at hand, so at the first start, and kept in the volume.
ENV XDG_CACHE_HOME=/home/basin/cache
RUN mkdir /home/basin/cache
VOLUME /home/basin/cache

EXPOSE 8501
HEALTHCHECK --start-period=300s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health')"]
CMD ["sh", "-c", "basin run value-learner --runs 1 --quiet > /dev/null && exec streamlit run app/main.py --server.port 8501 --server.address 0.0.0.0"]
