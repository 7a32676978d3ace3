-- Run at every start by the service `databases`: the roles and databases of Airflow and MLflow, each with a login
-- of its own that cannot enter the other's. What exists stays; passwords follow .env.
\getenv airflow_password AIRFLOW_DB_PASSWORD
\getenv mlflow_password MLFLOW_DB_PASSWORD

select 'create role airflow login' where not exists (select from pg_roles where rolname = 'airflow') \gexec
select 'create role mlflow login' where not exists (select from pg_roles where rolname = 'mlflow') \gexec
alter role airflow password :'airflow_password';
alter role mlflow password :'mlflow_password';

select format('create database %I owner %I encoding ''UTF8'' template template0', wanted.name, wanted.owner)
from (values ('airflow', 'airflow'), ('mlflow', 'mlflow'), ('mlflow_auth', 'mlflow')) as wanted (name, owner)
where not exists (select from pg_database where datname = wanted.name) \gexec

revoke connect on database airflow, mlflow, mlflow_auth from public;
