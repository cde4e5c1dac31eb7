# One experiment's cluster: a network, an instance profile and one instance for each entry of `hosts`.
#
# No component waits for another: everything about a host is decided before it boots, so all are created at once.
# There is one state per experiment, in the experiment's own directory.

terraform {
  required_version = ">= 1.5.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }
}

provider "aws" {
  region = var.region

  # EC2 reports missing capacity as a server error; with the provider's default of 25 retries, a zone without capacity
  # would be asked for many minutes.
  max_retries = 5

  # An emulator, which the environment names (AWS_ENDPOINT_URL), has no accounts to look up.
  skip_credentials_validation = var.emulated
  skip_requesting_account_id  = var.emulated
  skip_region_validation      = var.emulated
  # Credentials come from the environment; without this the provider may wait for an instance's metadata service.
  skip_metadata_api_check = true

  default_tags {
    tags = var.tags
  }
}

module "network" {
  source = "./network"

  name              = var.name
  vpc_cidr          = var.vpc_cidr
  subnet_cidr       = var.subnet_cidr
  availability_zone = var.availability_zone
  allowed_ssh_cidrs = var.allowed_ssh_cidrs
}

module "iam" {
  source = "./iam"

  name             = var.name
  instance_profile = var.instance_profile
}

module "storage" {
  source = "./storage"

  volumes = { for name, host in var.hosts : name => host.volume if host.volume != null }
}

module "compute" {
  source = "./compute"

  name              = var.name
  tags              = var.tags
  hosts             = var.hosts
  image_id          = var.image_id
  instance_profile  = module.iam.instance_profile
  subnet_id         = module.network.subnet_id
  security_group_id = module.network.security_group_id
  block_devices     = module.storage.block_devices
}
